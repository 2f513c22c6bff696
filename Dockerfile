# keeprolling as a container: `docker build -t keeprolling .` in this folder.
#
# Not run here: no Docker daemon was at hand. Its steps were run by hand, and test/deploy holds it to the package.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The one script that matters is our own build, which needs the sources.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
# The Temporal SDK trusts the system's authorities, and this image brings none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  # A volume that is mounted here belongs to whoever this folder belongs to.
  && install --directory --owner=node --group=node /var/lib/keeprolling
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
USER node
# 9464: metrics and health of a worker. 8080: the gateway.
EXPOSE 9464 8080
# A worker unless told otherwise. The gateway's health is at its own port: HEALTH_PORT=8080.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT ?? 9464}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/keeprolling.js"]
CMD ["worker", "--metrics", "0.0.0.0:9464"]
