/** Credential of all simulated APIs. It opens nothing real. */
export const API_TOKEN = "sandbox-placeholder-token";
