import type { DiffId } from "./digest.ts";

/** One row of an image's history, base first. image-spec config.md § history. */
export interface HistoryEntry {
  /** Absent when the builder wrote none. */
  readonly createdBy?: string;
  readonly comment?: string;
  /** True when the row made no layer; rows without it consume diffIds in order. */
  readonly emptyLayer: boolean;
  /** RFC 3339 as written; never a key. */
  readonly created?: string;
}

/** What a container is started with. Absent fields are absent in the image. */
export interface ContainerSettings {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly shell?: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly healthcheckTest?: readonly string[];
  readonly onBuild: readonly string[];
}

/** `os`, `architecture` and `variant` as the config states them. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The parts of an image config that Tare reads. image-spec config.md. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created?: string;
  readonly settings: ContainerSettings;
  /** Base layer first. */
  readonly diffIds: readonly DiffId[];
  /** Base first; may be empty, shorter or longer than diffIds. */
  readonly history: readonly HistoryEntry[];
}

/** `linux/arm64/v8`: how a platform is written for people and in `--json`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
}
