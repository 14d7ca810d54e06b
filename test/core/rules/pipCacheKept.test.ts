import { pipCacheKept } from "../../../server/src/core/rules/pipCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(pipCacheKept, {
  message: "Files of pip's cache stay in this layer.",
  reported: [
    ["RUN pip install flask", "pip install"],
    ["RUN pip3.11 install -r requirements.txt", "pip3.11 install"],
    ["RUN python3 -m pip install --upgrade flask", "python3 -m pip install"],
    ["RUN cd /app; pip install flask", "pip install"],
    ["RUN pipx install black", "pipx install"],
    ['RUN ["pip", "install", "flask"]', '"pip", "install"'],
  ],
  silent: [
    "RUN pip install --no-cache-dir flask",
    "ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask",
    "ENV PIP_NO_CACHE_DIR=off\nRUN pip install flask",
    "ARG PIP_NO_CACHE_DIR=1\nRUN pip install flask",
    "RUN PIP_NO_CACHE_DIR=1 pip install flask",
    "RUN export PIP_NO_CACHE_DIR=1 && pip install flask",
    "RUN pip install flask && rm -rf ~/.cache",
    "RUN pip install flask && rm -rf /root/.cache/pip",
    "RUN pip install flask && rm -rf $HOME/.cache/pip",
    "USER app\nRUN pip install flask && rm -rf /home/app/.cache/pip",
    "RUN pip install flask && pip cache purge",
    "RUN --mount=type=cache,target=/root/.cache/pip pip install flask",
    "RUN --mount=type=cache,target=/root/.cache pip install flask",
    "RUN --mount=type=cache,target=/home/app/.cache/pip pip install flask",
    "RUN pip install .",
    "RUN pip --version",
    "RUN uv pip install flask",
    "RUN pip install flask && rm -rf $CACHES",
  ],
  measured: [
    [
      "root/.cache/pip/http/a 4MB, root/.cache/other 1MB",
      "4 MB of files of pip's cache stay in this layer.",
    ],
    ["home/app/.cache/pip/a 4MB", "4 MB of files of pip's cache stay in this layer."],
    ["root/.cache/uv/a 4MB", "4 MB of files of uv's cache stay in this layer."],
    [
      "root/.cache/pypoetry/artifacts/a 4MB, root/.cache/pypoetry/virtualenvs/a/b 9MB",
      "4 MB of files of poetry's cache stay in this layer.",
    ],
  ],
  fixes: [
    ["RUN pip install flask", "RUN pip install --no-cache-dir flask", "Add --no-cache-dir"],
    [
      "RUN pip install -U pip && \\\n    pip install flask",
      "RUN pip install --no-cache-dir -U pip && \\\n    pip install --no-cache-dir flask",
      "Add --no-cache-dir",
    ],
    [
      "RUN pip install flask",
      "RUN pip install flask && rm -rf ~/.cache/pip",
      "Delete pip's cache in the same RUN",
    ],
    [
      "ENV PIP_CACHE_DIR=/pip\nRUN pip install flask",
      "ENV PIP_CACHE_DIR=/pip\nRUN pip install flask && rm -rf /pip",
      "Delete pip's cache in the same RUN",
    ],
    [
      "RUN --network=none true\nRUN pip install flask",
      "RUN --network=none true\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask",
      "Keep files of pip's cache in a cache mount",
    ],
    [
      "ENV PIP_CACHE_DIR=/pip\nRUN --network=none true\nRUN pip install flask",
      "ENV PIP_CACHE_DIR=/pip\nRUN --network=none true\nRUN --mount=type=cache,target=/pip pip install flask",
      "Keep files of pip's cache in a cache mount",
    ],
    [
      "RUN <<EOF\nset -e\npip install flask\nEOF",
      "RUN <<EOF\nset -e\npip install --no-cache-dir flask\nEOF",
      "Add --no-cache-dir",
    ],
  ],
});
