global using QrAi.Tests.E2E.Setup;
global using QrAi.Tests.Testing;
