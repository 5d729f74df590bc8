import { hasBearerToken, type HttpApi } from "./api.ts";

/** The API server of a stack's cluster (Kubernetes, "Kubernetes API Concepts"). */
export const kubernetesApi: HttpApi = {
  handlers: [],
  isAuthorized: hasBearerToken,
  refusal: (status, message) =>
    Response.json({ apiVersion: "v1", kind: "Status", status: "Failure", message, code: status }, { status }),
};
