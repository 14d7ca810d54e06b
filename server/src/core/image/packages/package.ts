/** Who keeps book of a package. The order is the order of ownership: of two packages that claim a file the earlier manager's owns it. */
export type PackageManager = "dpkg" | "apk" | "rpm" | "pypi" | "npm" | "gem" | "java" | "go";

/** What names a package. */
export interface PackageIdentity {
  readonly manager: PackageManager;
  readonly name: string;
  /** As its database writes it; undefined where none is recorded. */
  readonly version: string | undefined;
  /** `amd64`, `x86_64`; undefined where the manager records none. */
  readonly architecture: string | undefined;
}

/** Bytes of one layer. */
export interface LayerBytes {
  readonly layer: number;
  readonly bytes: number;
}

/** A package and what it owns in the final file system. */
export interface Package extends PackageIdentity {
  /** Content bytes of its files, each inode group once; undefined when nothing in the image says which files it has. */
  readonly bytes: number | undefined;
  /** Its regular files, hard links counted by name; undefined as `bytes`. */
  readonly fileCount: number | undefined;
  /** `bytes` by the layer that brought them, base first, only layers with bytes. */
  readonly byLayer: readonly LayerBytes[];
  /** Paths of the folders or single files it was found at, in path order; empty for packages whose database lists their files. */
  readonly places: readonly string[];
}

/** A package as its database states it, before its files are looked for. */
export interface FoundPackage extends PackageIdentity {
  /** Paths of single files, as written there, without leading slash; undefined when its files are not known. */
  readonly files: readonly string[] | undefined;
  /** Directories that belong to it with all below, except what other packages have there. */
  readonly directories: readonly string[];
  /** See `Package.places`. */
  readonly places: readonly string[];
}

/** Equal for two packages exactly when all that names them is. */
export function packageKey({ manager, name, version, architecture }: PackageIdentity): string {
  return [manager, name, version ?? "", architecture ?? ""].join("\0");
}
