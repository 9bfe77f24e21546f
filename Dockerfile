# syntax=docker/dockerfile:1.27@sha256:bde3983e9c939224420ddaf6b784cc30e09b035a4dea01f581230c50809f372e
# The image of any service:
#
#   docker build --build-arg SERVICE=task-api --tag task-api .
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg SERVICE=web .
#
# It has the same /app, user and entrypoint as the images that tools/images writes without a container engine.

ARG SERVICE

# Node as the lockfile pins it.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS node

# A bundle is the same for every architecture, so it is built once, natively.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /almanac
COPY . .
ARG SERVICE
RUN --mount=type=cache,target=/root/.npm \
    node tools/bootstrap.mjs tools/images/src/main.ts bundle "$SERVICE" /app

# glibc, libstdc++, certificates and the user 65532: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f AS service
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /app
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/app/main.js"]

FROM service AS audit
FROM service AS migrate
FROM service AS realtime
FROM service AS task-api
FROM service AS web
ENV ALMANAC_PAGE=/app/page

FROM ${SERVICE}
