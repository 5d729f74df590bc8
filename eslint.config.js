import pulumi from "@pulumi/eslint-plugin";
import perfectionist from "eslint-plugin-perfectionist";
import tseslint from "typescript-eslint";

// An ES module that imports one of these as a whole evaluates every lazy getter in it, and so loads all its
// hundreds of modules. Measured: 0.3 s of a plan of 0.8 s, for @pulumi/cloudflare alone.
const WHOLE_SDKS = ["cloudflare", "kubernetes", "tailscale"].map((sdk) => ({
  name: `@pulumi/${sdk}`,
  message: `Import the module of the one resource: @pulumi/${sdk}/<resource>.js.`,
  allowTypeImports: true,
}));

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", ".sandbox/", "**/*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi, perfectionist },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "@typescript-eslint/no-restricted-imports": ["error", { paths: WHOLE_SDKS }],
      // A new via, kind or phase must not compile until every switch handles it.
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { requireDefaultForNonUnion: false }],
      // Numbers and booleans read well in a message; an Output or an object in one does not.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // One style of private members and of constants.
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(PropertyDefinition, MethodDefinition[kind!='constructor'], TSParameterProperty)[accessibility='private']",
          message: "Write #name: it is private at run time too.",
        },
        {
          selector:
            "Program > :matches(VariableDeclaration, ExportNamedDeclaration > VariableDeclaration)[kind='const'] > VariableDeclarator[id.name=/[a-z]/]:matches([init.type='Literal'], [init.left.type='Literal'])",
          message: "Write a module's fixed value in UPPER_CASE.",
        },
      ],
      "perfectionist/sort-imports": [
        "error",
        {
          type: "natural",
          groups: ["builtin", "external", ["parent", "sibling", "index"]],
          newlinesBetween: 0,
        },
      ],
      "perfectionist/sort-named-imports": ["error", { type: "natural", ignoreAlias: true }],
    },
  },
);
