global using NUnit.Framework;
global using QrAi.Tests.Integration.Setup;
global using Shouldly;
