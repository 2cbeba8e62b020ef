// Files a request of every type by openapi-fetch, with the types of openapi-typescript.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";
import { submissions } from "./submissions.js";

type Submission = components["schemas"]["Submission"];
const every: { [Type in Submission["request_type"]]: Extract<Submission, { request_type: Type }> } = structuredClone(submissions) as Writable<typeof submissions>;

const [url, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url!, headers: { Authorization: `Bearer ${token}` } });
const filed: Record<string, unknown> = {};
for (const body of Object.values(every)) {
  const { data, error } = await client.POST("/api/v1/requests/", { body });
  if (data === undefined) throw new Error(JSON.stringify(error));
  filed[data.request_type] = data.details;
}
console.log(JSON.stringify(filed));

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;
