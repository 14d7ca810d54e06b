/** What `tare --version` prints; the version in package.json, kept in step by a test. */
export const version = "0.1.0";
