/** Names the real engine for the shell's `pulumi`. */
export const ENGINE_VARIABLE = "SANDBOX_ENGINE";

/** Names the folder of the sandbox's state for the shell's `pulumi`. */
export const FOLDER_VARIABLE = "SANDBOX_FOLDER";
