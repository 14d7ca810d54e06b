import type { Analysis } from "../../../server/src/core/analysis.ts";
import { analysisOf } from "../../support/analysisOf.ts";
import { aProgram, aSystem } from "../scratch/toScratchCase.ts";

/** A full system around one program that the image starts. */
export const programFile = `FROM golang AS build
RUN go build -o /app
FROM debian:12
COPY --from=build /app /app
ENTRYPOINT ["/app"]
`;

/** The image of `programFile`; of a program that is static, unless told. */
export function programImage(spec: Parameters<typeof aProgram>[0] = {}, constants = "") {
  return aSystem()
    .layer({ app: aProgram(spec, constants) }, { createdBy: "COPY /app /app # buildkit" })
    .emptyRow('ENTRYPOINT ["/app"]')
    .settings({ entrypoint: ["/app"] })
    .reference("app");
}

/** `programFile` beside its image. */
export function programAnalysis(spec: Parameters<typeof aProgram>[0] = {}): Analysis {
  return analysisOf(programFile, programImage(spec));
}

/** The same program started by a line that needs a shell. */
export function blockedAnalysis(): Analysis {
  const image = aSystem()
    .layer({ app: aProgram() }, { createdBy: "COPY /app /app # buildkit" })
    .emptyRow('ENTRYPOINT ["/bin/sh" "-c" "/app $X | tee log"]')
    .settings({ entrypoint: ["/bin/sh", "-c", "/app $X | tee log"] });
  const file = programFile.replace('["/app"]', "/app $X | tee log");
  return analysisOf(file, image);
}
