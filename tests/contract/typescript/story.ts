// A customer's app in TypeScript: what tsc finds wrong in here, an app's author would.
// Each `@ts-expect-error` is a mistake that the types of a request type catch; without the mistake tsc complains.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const [url, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url!, headers: { Authorization: `Bearer ${token}` } });

const details: Schemas["GasLeakInspectionDetails"] = { location: "inside", everyone_out: true };
// @ts-expect-error: there is no such choice
const nowhere: Schemas["GasLeakInspectionDetails"] = { location: "nowhere" };
// @ts-expect-error: a yes or no is no text
const words: Schemas["GasLeakInspectionDetails"] = { everyone_out: "yes" };
// @ts-expect-error: another type's question
const other: Schemas["GasLeakInspectionDetails"] = { reason: "moving_out" };
// @ts-expect-error: this type needs a reason
const wordless: Schemas["DisconnectionSubmission"] = { request_type: "disconnection", description: "I am moving out" };
void [nowhere, words, other, wordless];

const filed = await client.POST("/api/v1/requests/", {
  body: { request_type: "gas_leak_inspection", description: "Suspected gas leak near kitchen stove", details },
});
if (filed.data === undefined) throw new Error(JSON.stringify(filed.error));
const reference: string = filed.data.reference;

const warned = await client.POST("/api/v1/requests/", {
  // @ts-expect-error: sent all the same, to see what the server says
  body: { request_type: "gas_leak_inspection", description: "x", details: { location: "nowhere" } },
});
const warnings = warned.data?.warnings?.map((warning) => warning.field);
console.log(JSON.stringify({ reference, details: filed.data.details, warnings }));
