# shellcheck shell=bash
# Completion of kata(1) for bash. What fits is for the program to say.

_kata() {
    local kata=${1/#\~/$HOME} current="" word line words=()

    # bash takes "--stage=or" for three words; kata wants it as one.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#words[@]} -gt 0 &&
            ($word == "=" || ${words[-1]} == --*=) ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    current=${words[-1]}
    [[ $current == --*=* ]] || current=""
    current=${current%%=*}${current:+=}

    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
        :file | :dir)
            compopt -o filenames
            word=${words[-1]#"$current"}
            if [[ $line == :dir ]]; then
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
                    < <(compgen -d -- "$word")
            else
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
                    < <(compgen -f -- "$word")
            fi
            ;;
        *)
            line=${line%%$'\t'*}
            [[ $line != */ ]] || compopt -o nospace
            COMPREPLY+=("${line#"$current"}")
            ;;
        esac
    done < <("$kata" complete -- "${words[@]}" 2>/dev/null)
}

complete -F _kata kata
