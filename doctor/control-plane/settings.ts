import type { TailnetSettings } from "../../live/tailscale-shapes.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";

export function magicDnsOutcome(isOn: boolean): Outcome {
  return isOn ? ok("on") : broken("magicdns-off", "off");
}

/** The API leaves out a setting that the credential may not read. */
export function httpsOutcome({ httpsEnabled }: TailnetSettings): Outcome {
  if (httpsEnabled === undefined)
    return unknown("the answer has no httpsEnabled: it needs networking_settings:read");
  return httpsEnabled ? ok("on") : broken("https-off", "off");
}
