// The process of the provider edge-rules. Pulumi's engine starts it in the project's folder.
import { serveProvider } from "../protocol/serve.ts";
import { readCredential } from "./credential.ts";
import { RulesApi } from "./rules-api.ts";
import { ZoneRulesResource } from "./zone-rules-resource.ts";

const apis = new Map<string, Promise<RulesApi>>();

async function connect(stack: string): Promise<RulesApi> {
  return new RulesApi(await readCredential(process.cwd(), stack, process.env));
}

await serveProvider({
  "edge-rules:index:ZoneRules": new ZoneRulesResource((stack) => {
    const api = apis.get(stack) ?? connect(stack);
    apis.set(stack, api);
    return api;
  }),
});
