import type { BaseTraits } from "../../bases/baseTraits.ts";
import type { RuntimeStart } from "./startParts.ts";

/** Where distroless images have their runtimes, and how they start them. Its nodejs, python3 and java build files. */
const runtimes: Readonly<Record<string, RuntimeStart>> = {
  "Node.js": {
    title: "node",
    names: /^(?:node|nodejs)$/,
    path: "/nodejs/bin/node",
    entrypoint: ["/nodejs/bin/node"],
    modules: undefined,
  },
  Python: {
    title: "python3",
    names: /^python[\d.]*$/,
    path: "/usr/bin/python3",
    entrypoint: ["/usr/bin/python3"],
    modules: /^(?:gunicorn|uvicorn|flask|celery|hypercorn|daphne)$/,
  },
  Java: {
    title: "java",
    names: /^java$/,
    path: "/usr/bin/java",
    entrypoint: ["/usr/bin/java", "-jar"],
    modules: undefined,
  },
};

/** The runtime of a distroless image; undefined for all others. */
export function runtimeOf({ shell, runtime }: BaseTraits): RuntimeStart | undefined {
  return shell === "none" && runtime !== undefined ? runtimes[runtime] : undefined;
}
