import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ImageBuilder } from "../../support/imageBuilder.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { dockerArchiveTar, ociFiles, writeStore } from "../../support/imageWriters.ts";

/** A folder that a test opens; removed by `remove`. */
export interface Workspace {
  readonly folder: string;
  path(name: string): string;
  write(name: string, text: string | Uint8Array): void;
  /** An OCI layout in a folder of that name; over an older one like a rebuild. */
  writeOci(name: string, image: ImageBuilder): Promise<void>;
  /** What `docker save -o name` writes. */
  writeArchive(name: string, image: ImageBuilder): void;
  remove(): void;
}

/** An empty folder. */
export function aWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "tare-workspace-"));
  const path = (name: string): string => join(folder, name);
  const write = (name: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  return {
    folder,
    path,
    write,
    writeOci: async (name, image) => {
      await writeStore(path(name), ociFiles(image));
    },
    writeArchive: (name, image) => write(name, dockerArchiveTar(image)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Lines that weigh: 8 MB of base, 6 MB of packages, 4 MB of an application of which 3 MB are deleted again. */
export const dockerfile = `# tare: image=oci:image budget=16MB
FROM debian:12
RUN apt-get install -y tool
COPY app /srv/app
RUN rm -r /srv/app/cache
CMD ["/srv/app/server"]
`;

/** The image of `dockerfile`; the deleted cache as large as asked for. */
export function appImage(cache = "3MB"): ImageBuilder {
  return anImage()
    .base("usr/lib/libc.so 8MB")
    .layer("usr/bin/tool 4MB, var/lib/apt/lists/main 2MB", {
      createdBy: "RUN /bin/sh -c apt-get install -y tool # buildkit",
    })
    .layer(`srv/app/server 1MB, srv/app/cache/index ${cache}`, {
      createdBy: "COPY app /srv/app # buildkit",
    })
    .layer(
      { "srv/app/.wh.cache": { size: 0 } },
      { createdBy: "RUN /bin/sh -c rm -r /srv/app/cache # buildkit" },
    )
    .emptyRow('CMD ["/srv/app/server"]')
    .settings({ cmd: ["/srv/app/server"] });
}
