global using NUnit.Framework;
global using QrAi.Tests.E2E.Setup;
global using QrAi.Tests.Testing;
global using Shouldly;
