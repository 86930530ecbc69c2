# The stub as a container, from the packed file:
#   npm run pack:all && docker build -t understudy .
#   docker run --init -p 4010:4010 -e UNDERSTUDY_ADMIN_TOKEN=choose-one understudy

FROM node:22.21.1-bookworm-slim AS install
WORKDIR /app
COPY understudy-0.1.0.tgz /app/understudy.tgz
RUN npm install --omit=dev --omit=peer --no-audit --no-fund --save-exact ./understudy.tgz @redis/client@6.3.1
RUN mkdir /app/kept

FROM node:22.21.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=install /app/node_modules /app/node_modules
COPY --from=install --chown=node:node /app/kept /kept
USER node
EXPOSE 4010
# The path answers without the admin token, and 503 where the sandboxes cannot be reached.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.UNDERSTUDY_PORT || 4010) + '/__admin/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# It ends within five seconds of a SIGTERM, which is Docker's signal to stop.
ENTRYPOINT ["node", "/app/node_modules/understudy/dist/cli.js"]
CMD ["start", "--host", "0.0.0.0"]
