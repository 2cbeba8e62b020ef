// Files a request of every type by the client of @hey-api/openapi-ts.
import { createClient } from "./hey_api/client/index.js";
import { createRequest, type Submission } from "./hey_api/index.js";
import { submissions } from "./submissions.js";

const every: { [Type in Submission["request_type"]]: Extract<Submission, { request_type: Type }> } = structuredClone(submissions) as Writable<typeof submissions>;

const [url, token] = process.argv.slice(2);
const client = createClient({ baseUrl: url!, auth: () => token });
const filed: Record<string, unknown> = {};
for (const body of Object.values(every)) {
  const { data, error } = await createRequest({ client, body });
  if (data === undefined) throw new Error(JSON.stringify(error));
  filed[data.request_type] = data.details;
}
console.log(JSON.stringify(filed));

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;
