import tseslint from "typescript-eslint";

const onlyExecSpawns = {
  patterns: [
    {
      group: ["node:child_process", "child_process"],
      message: "Only harness/exec starts processes: take an Executor.",
    },
  ],
};

export default tseslint.config(
  { ignores: ["node_modules/", "results/", "dist/", ".mutants/"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-restricted-imports": ["error", onlyExecSpawns],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [
      "harness/exec/**/*.ts",
      "**/*.test.ts",
      "**/*.fixture.ts",
      "**/*.contract.ts",
      "scripts/**/*.ts",
      "bench/**/*.ts",
    ],
    rules: { "@typescript-eslint/no-restricted-imports": "off" },
  },
  {
    files: ["**/*.test.ts", "**/*.fixture.ts", "**/*.contract.ts"],
    rules: { "max-lines-per-function": "off", "max-lines": "off" },
  },
);
