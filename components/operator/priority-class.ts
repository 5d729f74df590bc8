/** Annotation that tells the post-renderer the priority class of the operator's pod. It is not installed. */
export const PRIORITY_CLASS_ANNOTATION = "tailnet-edge/priority-class";

/** The priority class of the operator's pod, if the stack sets no other. */
export const DEFAULT_PRIORITY_CLASS = "system-cluster-critical";
