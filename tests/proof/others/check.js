// Checks proofs by @sigstore/verify. The file that is named has the log's key as `vkey`, and
// `proofs` as the API returns them.
import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");
const ED25519_HEADER = Buffer.from("302a300506032b6570032100", "hex");  // of a public key in DER

function logOf(vkey) {
    const [name] = vkey.split("+", 1);
    const content = Buffer.from(vkey.split("+").slice(2).join("+"), "base64");  // base64 contains + as well
    const der = Buffer.concat([ED25519_HEADER, content.subarray(1)]);
    return {
        baseURL: name,
        logID: createHash("sha256").update(`${name}\n`).update(content).digest(),
        publicKey: createPublicKey({ key: der, format: "der", type: "spki" }),
    };
}

const { vkey, proofs } = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const log = logOf(vkey);
let checked = 0;
for (const { checkpoint, rows } of proofs) {
    for (const row of rows) {
        const entry = {
            canonicalizedBody: Buffer.from(row.entry, "base64"),
            inclusionProof: {
                checkpoint: { envelope: checkpoint },
                hashes: row.proof.map((hash) => Buffer.from(hash, "base64")),
                logIndex: String(row.index),
            },
        };
        verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
        checked += 1;
    }
}
console.log(checked);
