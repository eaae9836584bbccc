/** What Mocha's BDD interface puts into the global scope for the files that it loads. */
const names = [
  ...["describe", "context", "xdescribe", "xcontext", "it", "specify", "xit", "xspecify"],
  ...["before", "after", "beforeEach", "afterEach", "run"],
];

/** Runs `body`, and puts Mocha's global functions back to what they were: those of another Mocha, or none. */
export async function keepingGlobals<T>(body: () => Promise<T>): Promise<T> {
  const scope = globalThis as Record<string, unknown>;
  const former = names.map((name) => ({ name, had: name in scope, value: scope[name] }));
  try {
    return await body();
  } finally {
    for (const { name, had, value } of former) {
      if (had) scope[name] = value;
      else Reflect.deleteProperty(scope, name);
    }
  }
}
