import type { Instruction } from "./syntax.ts";

/** Where the cache, tmpfs and bind mounts of a RUN lie, as written, in text order; mounts that hold single files are left out, and targets that are not given. */
export function mountTargetsOf({ flags }: Instruction): readonly string[] {
  return flags.flatMap(({ name, value = "" }) => {
    const target = name === "mount" ? targetOf(value) : undefined;
    return target === undefined ? [] : [target];
  });
}

function targetOf(mount: string): string | undefined {
  const fields = new Map(
    mount.split(",").map((field) => {
      const [key = "", ...value] = field.split("=");
      return [key.trim().toLowerCase(), value.join("=")] as const;
    }),
  );
  const kind = fields.get("type") ?? "bind";
  if (kind === "secret" || kind === "ssh") return undefined;
  return fields.get("target") ?? fields.get("dst") ?? fields.get("destination");
}
