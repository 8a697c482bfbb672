namespace QrAi.Tests.Testing.Providers;

/// <summary>One message of a chat completion request, its content as plain text even if it was sent in parts.</summary>
public sealed record SentMessage(string Role, string Content);
