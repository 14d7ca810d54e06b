import { composerCacheKept } from "../../../server/src/core/rules/composerCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(composerCacheKept, {
  message: "Files of composer's cache stay in this layer.",
  reported: [
    ["RUN composer install --no-dev", "composer install"],
    ["RUN php composer.phar install", "php composer.phar install"],
  ],
  silent: [
    "RUN composer install --no-cache",
    "ENV COMPOSER_CACHE_DIR=/dev/null\nRUN composer install",
    "RUN composer install && composer clear-cache",
    "RUN composer install && rm -rf ~/.composer/cache",
    "RUN composer dump-autoload",
    "RUN --mount=type=cache,target=/tmp/cache composer install --no-cache",
  ],
  measured: [
    [
      "root/.composer/cache/files/a.zip 3MB",
      "3 MB of files of composer's cache stay in this layer.",
    ],
  ],
  fixes: [
    ["RUN composer install --no-dev", "RUN composer install --no-cache --no-dev", "Add --no-cache"],
  ],
});
