# Runs `make doctor` in a cluster: docs/doctor.md#in-the-cluster
FROM node:24.21.0-bookworm-slim

WORKDIR /project
COPY package.json package-lock.json ./
# No install script is needed at run time, so none runs.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY . .
# The image's user `node`, by number: Kubernetes cannot check a name for runAsNonRoot.
USER 1000
ENTRYPOINT ["node", "doctor/main.ts"]
