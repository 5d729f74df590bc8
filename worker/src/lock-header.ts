/**
 * The request header that carries the origin lock's secret from Cloudflare to Traefik. Cloudflare and the Worker replace
 * one that the visitor sent.
 */
export const LOCK_HEADER = "tailnet-edge-lock";
