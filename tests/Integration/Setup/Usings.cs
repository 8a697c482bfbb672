global using NUnit.Framework;
global using QrAi.Tests.Integration.Setup;
global using QrAi.Tests.Testing;
global using Shouldly;
