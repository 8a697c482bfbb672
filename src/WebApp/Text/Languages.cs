namespace QrAi.WebApp.Text;

/// <summary>Tells the language of a text, for line breaking, fonts and screen readers.</summary>
public static class Languages
{
    private const int Sample = 400;

    /// <summary>Returns the language of a text as far as its script tells: ja or ko; null for any other.</summary>
    public static string? Of(string text)
    {
        var hasIdeographs = false;
        foreach (var character in text.Length > Sample ? text.AsSpan(0, Sample) : text)
            switch (character)
            {
                case >= '\u3040' and <= '\u30ff':
                    return "ja";
                case >= '\uac00' and <= '\ud7a3':
                    return "ko";
                case >= '\u4e00' and <= '\u9fff':
                    hasIdeographs = true;
                    break;
            }

        return hasIdeographs ? "ja" : null;
    }
}
