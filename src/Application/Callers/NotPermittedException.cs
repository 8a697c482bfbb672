namespace QrAi.Application.Callers;

/// <summary>Thrown when the caller lacks a right. Nothing was changed.</summary>
/// <param name="right">The right.</param>
public sealed class NotPermittedException(string right) : Exception($"The caller does not have the right '{right}'.")
{
    /// <summary>The right to add and delete documents that all owners can read.</summary>
    public const string Share = "share";
}
