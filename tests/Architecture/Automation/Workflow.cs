using YamlDotNet.RepresentationModel;

namespace QrAi.Tests.Architecture.Automation;

/// <summary>A workflow of GitHub Actions.</summary>
internal sealed record Workflow(string Name, string Text, YamlNode Root)
{
    private const string Folder = ".github/workflows";

    /// <summary>All workflows.</summary>
    public static IReadOnlyList<Workflow> All { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(SourceFiles.Root, Folder))
            .Order(StringComparer.Ordinal)
            .Select(file => new Workflow(
                Path.GetFileNameWithoutExtension(file),
                File.ReadAllText(file),
                Yaml.Read(Path.GetRelativePath(SourceFiles.Root, file))
            )),
    ];

    public IReadOnlyList<Job> Jobs => [.. Root.At("jobs").Entries().Select(job => new Job(this, job.Name, job.Value))];

    /// <summary>Returns the workflow with a name.</summary>
    public static Workflow Named(string name) => All.Single(workflow => workflow.Name == name);

    public override string ToString() => Name;
}

/// <summary>A job of a workflow.</summary>
internal sealed record Job(Workflow Workflow, string Name, YamlNode Node)
{
    public IReadOnlyList<string> Needs => [.. Node.At("needs").Items().Select(item => item.ToString())];

    public IReadOnlyList<Step> Steps => [.. Node.At("steps").Items().Select(step => new Step(this, step))];

    /// <summary>The commands that it runs.</summary>
    public IEnumerable<string> Commands => Steps.Select(step => step.Command).OfType<string>();

    public override string ToString() => $"{Workflow}/{Name}";
}

/// <summary>A step of a job.</summary>
internal sealed record Step(Job Job, YamlNode Node)
{
    public string? Command => Node.TextAt("run");

    /// <summary>The action, without its commit.</summary>
    public string? Action => Node.TextAt("uses")?.Split('@')[0];

    public override string ToString() => $"{Job}: {Command ?? Action}";
}
