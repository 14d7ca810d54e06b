import { binaryRemark } from "../../core/views/binaryMap.ts";
import { binaryParts } from "../../core/views/binaryParts.ts";
import type { BinaryAnswer } from "../../protocol/binary.ts";
import type { FileParams } from "../../protocol/files.ts";
import { methods } from "../../protocol.ts";
import { signalOf } from "../cancellation.ts";
import type { Server } from "../serverParts.ts";
import { ofFile } from "../shapes.ts";
import type { BinaryLabels } from "./binaryLabels.ts";

/** Parts of one answer, about. */
const mostParts = 2000;

/** The method that says what a binary is made of. */
export function answerBinaryRequest(
  { connection, requests }: Server,
  binaries: BinaryLabels,
): void {
  connection.onRequest<BinaryAnswer, void>(
    methods.binary,
    requests.answering<FileParams, BinaryAnswer>(
      ofFile,
      { kind: "refused", message: "The file could not be looked into: see the output of Tare." },
      async (params, token) => {
        const outcome = await binaries.labelsOf(params, signalOf(token));
        if (outcome.kind !== "labels") return outcome;
        const { map } = outcome;
        const remark = binaryRemark(map);
        return {
          kind: "labels",
          contentBytes: map.fileBytes,
          parts: binaryParts(map, mostParts),
          ...(remark === undefined ? {} : { remark }),
        };
      },
    ),
  );
}
