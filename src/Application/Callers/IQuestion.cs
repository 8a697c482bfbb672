namespace QrAi.Application.Callers;

/// <summary>A request that asks a language model, which callers may make only so often.</summary>
public interface IQuestion;
