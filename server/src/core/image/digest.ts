/** Names stored bytes, maybe compressed: `algorithm:hex`. image-spec descriptor.md § Digests. */
export type Digest = string & { readonly brand?: "digest" };

/** Names the uncompressed tar of a layer. image-spec config.md § Layer DiffID. */
export type DiffId = Digest;

/** The text as a digest, or undefined when it is not one of the registered forms sha256 and sha512. */
export function parseDigest(text: string): Digest | undefined {
  return /^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/.test(text) ? text : undefined;
}

/** The first twelve hex digits, as Docker prints ids to people. */
export function shortDigest(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
