# The service and all its verbs in one image: `docker build -t qrai .`, then `docker run qrai --help`.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# The files for the restore are copied first, so that its layer is cached until a package changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY build/BannedSymbols.txt build/
COPY build/MediatR.Contracts/MediatR.Contracts.csproj build/MediatR.Contracts/packages.lock.json build/MediatR.Contracts/
COPY src/Domain/Domain.csproj src/Domain/packages.lock.json src/Domain/
COPY src/Application/Application.csproj src/Application/packages.lock.json src/Application/
COPY src/Infrastructure/Infrastructure.csproj src/Infrastructure/packages.lock.json src/Infrastructure/
COPY src/WebApi/WebApi.csproj src/WebApi/packages.lock.json src/WebApi/
COPY src/WebApp/WebApp.csproj src/WebApp/packages.lock.json src/WebApp/
RUN dotnet restore src/WebApi --locked-mode
COPY .editorconfig ./
COPY build/MediatR.Contracts/ build/MediatR.Contracts/
COPY src/ src/
RUN dotnet publish src/WebApi --no-restore --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# pg_dump and pg_restore, for backups.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends postgresql-client \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
COPY build/container-health.sh /app/
# The default folder of SQLite files and backups; a volume that is mounted here gets this owner.
RUN mkdir -p /data && chown "$APP_UID" /data
WORKDIR /data
VOLUME /data
ENV ASPNETCORE_HTTP_PORTS=8080 \
  ENVIRONMENT=production \
  BACKUP_DIRECTORY=/data/backups \
  DOTNET_EnableDiagnostics=0
EXPOSE 8080
USER $APP_UID
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/app/container-health.sh"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/QrAi.WebApi"]
