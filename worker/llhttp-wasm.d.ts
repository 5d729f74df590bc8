/** llhttp, Node's own HTTP parser, compiled to WebAssembly: part of undici, which ships no types for the file. */
declare module "undici/lib/llhttp/llhttp-wasm.js" {
  const wasm: Buffer;
  export default wasm;
}
