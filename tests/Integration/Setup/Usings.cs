global using QrAi.Tests.Fixtures;
global using QrAi.Tests.Integration.Setup;
global using QrAi.Tests.Testing;
