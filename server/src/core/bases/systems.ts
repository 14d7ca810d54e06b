import type { PackageManager } from "./baseTraits.ts";

/** A Linux distribution under an image. */
export type SystemName =
  | "almalinux"
  | "alpine"
  | "amazonlinux"
  | "busybox"
  | "debian"
  | "fedora"
  | "oraclelinux"
  | "rockylinux"
  | "ubi"
  | "ubuntu";

/** What each system brings. */
export const systems: Readonly<
  Record<
    SystemName,
    {
      readonly title: string;
      readonly libc: "glibc" | "musl";
      readonly shell: "dash" | "bash" | "busybox";
      readonly packageManager: PackageManager;
    }
  >
> = {
  almalinux: { title: "AlmaLinux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  alpine: { title: "Alpine", libc: "musl", shell: "busybox", packageManager: "apk" },
  amazonlinux: { title: "Amazon Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  busybox: { title: "BusyBox", libc: "glibc", shell: "busybox", packageManager: "none" },
  debian: { title: "Debian", libc: "glibc", shell: "dash", packageManager: "apt" },
  fedora: { title: "Fedora", libc: "glibc", shell: "bash", packageManager: "dnf" },
  oraclelinux: { title: "Oracle Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  rockylinux: { title: "Rocky Linux", libc: "glibc", shell: "bash", packageManager: "dnf" },
  ubi: { title: "Red Hat UBI", libc: "glibc", shell: "bash", packageManager: "dnf" },
  ubuntu: { title: "Ubuntu", libc: "glibc", shell: "dash", packageManager: "apt" },
};
