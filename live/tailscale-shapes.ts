import { z } from "zod";

// The answers of Tailscale's API v2, as far as they are read (tailscale.com/client/tailscale/v2). Go omits empty
// lists, and adds fields in minor releases.

const list = z
  .array(z.string())
  .nullish()
  .transform((items): readonly string[] => items ?? []);

export const device = z.object({
  /** Full DNS name, such as `ozilab-operator.tail1234.ts.net`. */
  name: z.string(),
  hostname: z.string(),
  nodeId: z.string().optional(),
  addresses: list,
  tags: list,
  user: z.string().optional(),
  /** Absent on older control servers. */
  connectedToControl: z.boolean().optional(),
  /** Absent while the device is connected. */
  lastSeen: z.string().nullish(),
  expires: z.string().optional(),
  keyExpiryDisabled: z.boolean().optional(),
});

/** An auth key, OAuth client or federated identity. Its secret is in no answer but that of its creation. */
export const key = z.object({
  id: z.string(),
  /** `auth`, `client`, `federated` or `api`. */
  keyType: z.string().optional(),
  description: z.string().optional(),
  scopes: list,
  tags: list,
  issuer: z.string().optional(),
  subject: z.string().optional(),
  audience: z.string().optional(),
  created: z.string().optional(),
  expires: z.string().optional(),
  revoked: z.string().optional(),
  invalid: z.boolean().optional(),
});

export const tailnetSettings = z.object({
  httpsEnabled: z.boolean().optional(),
  aclsExternallyManagedOn: z.boolean().optional(),
  aclsExternalLink: z.string().optional(),
});

export const vipService = z.object({
  /** `svc:home`. */
  name: z.string(),
  addrs: list,
  comment: z.string().optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
  ports: list,
  tags: list,
});

export const devices = z.object({ devices: z.array(device) });
export const keys = z.object({ keys: z.array(key) });
export const dnsPreferences = z.object({ magicDNS: z.boolean() });
export const vipServices = z.object({
  vipServices: z
    .array(vipService)
    .nullish()
    .transform((items) => items ?? []),
});
export const token = z.object({ access_token: z.string(), scope: z.string().optional() });
/** The form of an error. */
export const refusal = z.object({ message: z.string() });

export type TailscaleDevice = z.infer<typeof device>;
export type TailscaleKey = z.infer<typeof key>;
export type TailnetSettings = z.infer<typeof tailnetSettings>;
export type VipService = z.infer<typeof vipService>;
