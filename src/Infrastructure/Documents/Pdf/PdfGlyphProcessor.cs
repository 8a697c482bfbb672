using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>Collects the glyphs that the operations of a page show.</summary>
internal sealed class PdfGlyphProcessor(
    int pageNumber,
    IResourceStore resourceStore,
    IPdfTokenScanner pdfScanner,
    IPageContentParser pageContentParser,
    ILookupFilterProvider filterProvider,
    CropBox cropBox,
    UserSpaceUnit userSpaceUnit,
    PageRotationDegrees rotation,
    TransformationMatrix initialMatrix,
    ParsingOptions parsingOptions,
    PdfBudget budget
)
    : BaseStreamProcessor<PdfPageGlyphs>(
        pageNumber,
        resourceStore,
        pdfScanner,
        pageContentParser,
        filterProvider,
        cropBox,
        userSpaceUnit,
        rotation,
        initialMatrix,
        parsingOptions
    )
{
    private readonly Dictionary<PdfDirection, List<PdfGlyph>> _glyphs = [];

    private readonly PdfRectangle _page = cropBox.Bounds;

    public override PdfPageGlyphs Process(int pageNumberCurrent, IReadOnlyList<IGraphicsStateOperation> operations)
    {
        PageNumber = pageNumberCurrent;
        CloneAllStates();
        ProcessOperations(operations);
        return new PdfPageGlyphs(_page.Bottom, _page.Top, _glyphs);
    }

    public override void RenderGlyph(
        IFont font,
        CurrentGraphicsState currentState,
        double fontSize,
        double pointSize,
        int code,
        string unicode,
        long currentOffset,
        in TransformationMatrix renderingMatrix,
        in TransformationMatrix textMatrix,
        in TransformationMatrix transformationMatrix,
        CharacterBoundingBox characterBoundingBox
    )
    {
        budget.AddCharacters(unicode.Length);
        var matrix = renderingMatrix.Multiply(textMatrix).Multiply(transformationMatrix);
        var origin = matrix.Transform(new PdfPoint(0, 0));
        if (!IsOnPage(origin))
            return;
        var end = matrix.Transform(new PdfPoint(characterBoundingBox.Width, 0));
        var size = Math.Sqrt(matrix.C * matrix.C + matrix.D * matrix.D);
        if (!(size > 0 && double.IsFinite(size)))
            return;
        if (font.IsVertical)
            Add(PdfDirection.Vertical, unicode, -origin.Y - size, -origin.Y, origin.X, size);
        else if (Math.Abs(matrix.B) * 5 < Math.Abs(matrix.A) && matrix.A > 0)
            Add(PdfDirection.Horizontal, unicode, origin.X, end.X, origin.Y, size);
        else if (Math.Abs(matrix.B) * 5 < Math.Abs(matrix.A))
            Add(PdfDirection.UpsideDown, unicode, -origin.X, -end.X, -origin.Y, size);
        else if (Math.Abs(matrix.A) * 5 < Math.Abs(matrix.B) && matrix.B > 0)
            Add(PdfDirection.Upwards, unicode, origin.Y, end.Y, -origin.X, size);
        else if (Math.Abs(matrix.A) * 5 < Math.Abs(matrix.B))
            Add(PdfDirection.Downwards, unicode, -origin.Y, -end.Y, origin.X, size);
        // Diagonal text is a watermark.
    }

    public override void PushState()
    {
        budget.Check();
        base.PushState();
    }

    protected override void ProcessFormXObject(StreamToken formStream, NameToken xObjectName)
    {
        budget.EnterForm();
        base.ProcessFormXObject(formStream, xObjectName);
        budget.LeaveForm();
    }

    private bool IsOnPage(PdfPoint point) =>
        point.X >= _page.Left && point.X <= _page.Right && point.Y >= _page.Bottom && point.Y <= _page.Top;

    private void Add(PdfDirection direction, string text, double left, double right, double baseline, double size)
    {
        if (!_glyphs.TryGetValue(direction, out var glyphs))
            _glyphs[direction] = glyphs = [];
        glyphs.Add(new PdfGlyph(text, left, Math.Max(left, right), baseline, size));
    }

    // What follows draws paths and images, which have no text.

    public override void BeginSubpath() { }

    public override PdfPoint? CloseSubpath() => null;

    public override void StrokePath(bool close) { }

    public override void FillPath(FillingRule fillingRule, bool close) { }

    public override void FillStrokePath(FillingRule fillingRule, bool close) { }

    public override void MoveTo(double x, double y) { }

    public override void BezierCurveTo(double x2, double y2, double x3, double y3) { }

    public override void BezierCurveTo(double x1, double y1, double x2, double y2, double x3, double y3) { }

    public override void LineTo(double x, double y) { }

    public override void Rectangle(double x, double y, double width, double height) { }

    public override void EndPath() { }

    public override void ClosePath() { }

    public override void ModifyClippingIntersect(FillingRule clippingRule) { }

    public override void BeginMarkedContent(
        NameToken name,
        NameToken? propertyDictionaryName,
        DictionaryToken? properties
    ) { }

    public override void EndMarkedContent() { }

    public override void PaintShading(NameToken shadingName) { }

    protected override void RenderXObjectImage(XObjectContentRecord xObjectContentRecord) { }

    protected override void RenderInlineImage(InlineImage inlineImage) { }

    protected override void ClipToRectangle(PdfRectangle rectangle, FillingRule clippingRule) { }
}
