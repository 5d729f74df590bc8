/** llhttp, Node's HTTP parser, compiled to WebAssembly. It is part of undici, which ships no types for this file. */
declare module "undici/lib/llhttp/llhttp-wasm.js" {
  const wasm: Buffer;
  export default wasm;
}
