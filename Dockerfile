# The image itself was never built where this was written (no Docker engine at hand): its steps are docker/build.sh, and
# tests/acceptance/test_image_steps.py runs those in an empty folder.
#
#   docker build -t listener .
#   docker run -d --name listener -v listener:/data -p 127.0.0.1:8080:8080 listener
#
# The page asks for no password: publish its port on 127.0.0.1 only.

FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements-build.lock requirements.lock ./
COPY docker/build.sh docker/
RUN docker/build.sh dependencies /source /opt/listener
COPY . .
RUN docker/build.sh project /source /opt/listener

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin listener \
    && install -d -o listener -g listener -m 0700 /data
COPY --from=build /opt/listener /opt/listener
COPY docker/start.sh /usr/local/bin/start-listener
ENV PATH=/opt/listener/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LISTENER_CONFIG=/data/config.yaml \
    LISTENER_LISTEN=0.0.0.0:8080
USER listener
WORKDIR /data
VOLUME /data
EXPOSE 8080
# SIGTERM drains within 25 s: give `docker stop` a longer time than its 10 s with --stop-timeout.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["listener", "health", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["start-listener"]
CMD ["run"]
