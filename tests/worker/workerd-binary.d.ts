/** The package exports the path of its binary and has no types. */
declare module "workerd" {
  const binary: string;
  export default binary;
}
