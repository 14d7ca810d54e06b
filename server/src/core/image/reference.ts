/**
 * Where an image is to be found. `path` is a bare path whose format is sniffed by whoever opens it.
 * Paths are as written; relative ones are resolved by the caller, who knows against what.
 */
export type ImageReference =
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "docker-archive"; readonly path: string; readonly tag?: string }
  | { readonly kind: "oci"; readonly path: string; readonly tag?: string }
  | { readonly kind: "path"; readonly path: string };
