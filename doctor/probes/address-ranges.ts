import { BlockList, isIPv6 } from "node:net";

/** Cloudflare's published addresses, https://www.cloudflare.com/ips. The list last changed in 2023. */
const RANGES = [
  "103.21.244.0/22",
  "103.22.200.0/22",
  "103.31.4.0/22",
  "104.16.0.0/13",
  "104.24.0.0/14",
  "108.162.192.0/18",
  "131.0.72.0/22",
  "141.101.64.0/18",
  "162.158.0.0/15",
  "172.64.0.0/13",
  "173.245.48.0/20",
  "188.114.96.0/20",
  "190.93.240.0/20",
  "197.234.240.0/22",
  "198.41.128.0/17",
  "2400:cb00::/32",
  "2405:8100::/32",
  "2405:b500::/32",
  "2606:4700::/32",
  "2803:f800::/32",
  "2a06:98c0::/29",
  "2c0f:f248::/32",
];

/** Addresses that Tailscale gives to devices: https://tailscale.com/kb/1015/100.x-addresses. */
const TAILNET_RANGES = ["100.64.0.0/10", "fd7a:115c:a1e0::/48"];

const cloudflare = blockList(RANGES);
const tailnet = blockList(TAILNET_RANGES);

/** Whether Cloudflare's edge answers on an address: a record that resolves to it is proxied. */
export function isCloudflareAddress(address: string): boolean {
  return contains(cloudflare, address);
}

/** Whether an address is a device's on a tailnet. Nobody outside the tailnet can connect to it. */
export function isTailnetAddress(address: string): boolean {
  return contains(tailnet, address);
}

/** Whether an address is in one of the subnets, given as an address of each: `192.168.1.7/24`. */
export function isInSubnets(address: string, subnets: readonly string[]): boolean {
  return contains(blockList(subnets), address);
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}
