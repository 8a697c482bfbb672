namespace QrAi.Application.Callers;

/// <summary>A request that asks a language model, and counts against the rate limit of the caller.</summary>
public interface IQuestion;
