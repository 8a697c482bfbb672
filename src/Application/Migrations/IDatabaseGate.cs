namespace QrAi.Application.Migrations;

/// <summary>Keeps everything from a database whose schema nobody has looked at.</summary>
public interface IDatabaseGate
{
    /// <summary>Lets everything through from now on: the schema is this program's.</summary>
    void Open();
}
