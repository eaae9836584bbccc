/** What a fix ends with where another provider may do: which ones can, `doctor` knows; none is named here. */
export const otherProviders = "see what else this machine can run: npm run lab -- doctor";
