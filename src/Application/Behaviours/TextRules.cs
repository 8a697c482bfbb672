using FluentValidation;
using QrAi.Domain.Text;

namespace QrAi.Application.Behaviours;

/// <summary>Rules that validators share.</summary>
internal static class TextRules
{
    /// <summary>Requires 1 to a maximum number of characters after trimming, in well-formed Unicode without NUL.</summary>
    public static IRuleBuilderOptions<T, string?> HumanText<T>(this IRuleBuilder<T, string?> rule, int maxCharacters) =>
        rule.Must(text => !string.IsNullOrWhiteSpace(text))
            .WithMessage($"must have 1 to {maxCharacters} characters after trimming")
            .Must(text => text is null || UnicodeText.CountCharacters(text.Trim()) <= maxCharacters)
            .WithMessage($"must have 1 to {maxCharacters} characters after trimming")
            .Must(text => text is null || UnicodeText.IsStorable(text))
            .WithMessage("must be well-formed Unicode without NUL");
}
